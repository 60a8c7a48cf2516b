"""The edit benchmark: known edits, asked of any server, and how many come out right.

`cromwell eval edits` starts it; standard library only. docs/training.md says what the cases are.
"""
