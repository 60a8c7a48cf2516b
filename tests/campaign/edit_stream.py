"""What an editor makes of an edit's stream: the hunks that it would have painted when the diff
comes, and the answer in the form in which it comes without a stream.
"""


class EditStream:
    """Reads the events of one edit in their order."""

    def __init__(self, events):
        self.parts = {}  # by event, the last of each
        self.hunks = []  # (bytes of text before it, hunk), those that still hold
        self.rewinds = 0
        self.painted_early = False  # a hunk came, and then more text
        text, attempt = b"", 1
        for name, data in events:
            if name == "token":
                if data["attempt"] != attempt:
                    text, attempt = b"", data["attempt"]
                text += data["text"].encode()
                self.painted_early = self.painted_early or bool(self.hunks)
            elif name == "hunk":
                self.hunks.append((len(text), data))
            elif name == "rewind":
                text = text[:data["to_bytes"]]
                self.hunks = [hunk for hunk in self.hunks if hunk[0] <= data["to_bytes"]]
                self.rewinds += 1
            self.parts[name] = data

    def answer(self):
        """(status, body) as without a stream."""
        if "error" in self.parts:
            return self.parts["error"]["status"], {"error": self.parts["error"]}
        return 200, {**self.parts["start"], "diff": self.parts["diff"], **self.parts["done"]}

    def painted(self, old_text):
        """`old_text`, lines ended by LF, with the hunks in it; none where one does not fit."""
        old = old_text.split("\n")
        new, at = [], 0
        for _, hunk in self.hunks:
            start = hunk["old_start"] - (hunk["old_lines"] > 0)
            new += old[at:start]
            removed = [line[1:-1] for line in hunk["lines"] if line[0] == "-"]
            if old[start:start + hunk["old_lines"]] != removed:
                return None
            new += [line[1:-1] for line in hunk["lines"] if line[0] == "+"]
            at = start + hunk["old_lines"]
        return "\n".join(new + old[at:])
