"""Small helpers for a shop's stock list."""


def read_stock(path):
    f = open(path)
    lines = f.readlines()
    f.close()
    return lines


def average(numbers):
    return sum(numbers) / len(numbers)


def total_price(items):
    total = 0
    for item in items:
        total += item["price"] * item["quantity"]
    return total
