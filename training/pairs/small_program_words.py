"""The words of small programs: what is counted, named and kept, and what stands beside them."""

NUMBERS = tuple(tuple(pair.split("/")) for pair in (
    "scores/score prices/price temperatures/temperature weights/weight durations/duration "
    "readings/reading amounts/amount ages/age distances/distance votes/vote ratings/rating "
    "heights/height samples/sample values/value numbers/number costs/cost salaries/salary "
    "speeds/speed marks/mark latencies/latency points/point deposits/deposit sizes/size "
    "widths/width delays/delay fees/fee balances/balance grades/grade hours/hour "
    "measurements/measurement profits/profit sales/sale").split())
TEXTS = tuple(tuple(pair.split("/")) for pair in (
    "lines/line words/word names/name paths/path tags/tag titles/title labels/label "
    "comments/comment urls/url tokens/token emails/email cities/city codes/code fields/field "
    "messages/message parts/part entries/entry headers/header sentences/sentence "
    "usernames/username commands/command rows/row hosts/host topics/topic").split())
OBJECTS = tuple(tuple(words.split("/")) for words in (
    "users/user/age/name/active orders/order/total/customer/paid products/product/price/title/sold "
    "events/event/priority/title/cancelled books/book/pages/author/borrowed "
    "files/file/size/name/hidden tasks/task/priority/title/done "
    "employees/employee/salary/name/retired invoices/invoice/amount/customer/paid "
    "players/player/score/name/online messages/message/length/sender/read "
    "songs/song/duration/artist/liked students/student/grade/name/enrolled "
    "jobs/job/duration/owner/finished tickets/ticket/price/holder/used "
    "servers/server/load/host/running cities/city/population/country/coastal "
    "devices/device/voltage/label/connected articles/article/views/author/published "
    "accounts/account/balance/owner/locked").split())
NEIGHBOURS = {
    "python": (
    "def is_blank(text):\n    return not text.strip()\n",
    "def clamp(value, low, high):\n    return max(low, min(value, high))\n",
    "def identity(value):\n    return value\n",
    "def first_or_none(values):\n    return values[0] if values else None\n",
    "def swap(pair):\n    left, right = pair\n    return right, left\n",
    "def read_text(path):\n    with open(path) as handle:\n        return handle.read()\n",
    "def is_even(number):\n    return number % 2 == 0\n",
    "def greet(name):\n    print(f\"Hello, {name}!\")\n",
    "def main():\n    print(\"done\")\n",
    "def double(values):\n    return [2 * value for value in values]\n",
    "def parse_flag(text):\n    return text.lower() in (\"yes\", \"true\", \"1\")\n",
    "def area(width, height):\n    return width * height\n",),
    "javascript": (
        "function isBlank(text) {\n  return text.trim() === \"\";\n}\n",
        "function clamp(value, low, high) {\n  return Math.max(low, Math.min(value, high));\n}\n",
        "const identity = (value) => value;\n\nfunction noop() {}\n",
        "function isEven(number) {\n  return number % 2 === 0;\n}\n",
        "function area(width, height) {\n  return width * height;\n}\n"),
    "go": (
        "func isEven(number int) bool {\n    return number%2 == 0\n}\n",
        "func area(width, height int) int {\n    return width * height\n}\n",
        "func isBlank(text string) bool {\n    return strings.TrimSpace(text) == \"\"\n}\n"),
    "rust": (
        "fn is_even(number: u32) -> bool {\n    number % 2 == 0\n}\n",
        "fn area(width: u32, height: u32) -> u32 {\n    width * height\n}\n",
        "fn is_blank(text: &str) -> bool {\n    text.trim().is_empty()\n}\n"),
    "c": (
        "int is_even(int number)\n{\n    return number % 2 == 0;\n}\n",
        "int area(int width, int height)\n{\n    return width * height;\n}\n",
        "int larger(int left, int right)\n{\n    return left > right ? left : right;\n}\n"),
}
