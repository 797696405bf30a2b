"""Who may open an address. Every view declares it; what declares nothing is refused to everybody."""

PUBLIC, SIGNED_IN, TOKEN = "public", "signed in", "token"


def access(needs):
    """Decorator: `needs` is PUBLIC, SIGNED_IN, TOKEN or a permission that must be held in some scope."""

    def add(view):
        view.access = needs
        return view

    return add
