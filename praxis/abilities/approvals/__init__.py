"""Approvals: steps of people who are asked, by a quorum, before a record may go on; who answered for whom is kept."""
