"""Small helpers for a shop's stock list."""


def total_price(items):
    x = 0
    for item in items:
        x += item["price"] * item["quantity"]
    return x


def cheapest(items):
    best = None
    for item in items:
        if best is None or item["price"] < best["price"]:
            best = item
    return best


def average_price(items):
    return total_price(items) / len(items)
