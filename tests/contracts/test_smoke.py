import pytest


@pytest.mark.django_db
def test_pages(company, make):
    record = make("incident", description="help")
    client = company.client("agent")
    for url in ("/", "/k/incident", "/k/service", f"/r/{record.number}", f"/r/{record.number}?as=preview", "/search?q=help", "/keys",
                "/account", "/incidents/new", f"/incidents/new?person={company.people['requester'].pk}", "/k/incident/filter/owner",
                f"/r/{record.number}/field/owner", f"/r/{record.number}/do/reassign", f"/r/{record.number}/move/resolve",
                f"/r/{record.number}/panel/clocks.explained", f"/r/{record.number}/panel/conversation.history"):
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.content[:3000])
    client = company.client("requester")
    for url in ("/my", "/my/new", f"/my/{record.number}"):
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.content[:3000])
