"""The languages of edit pairs and of the benchmark, and how their files' names end."""

ENDINGS = {"python": ".py", "javascript": ".js", "typescript": ".ts", "c": ".c", "go": ".go",
           "rust": ".rs"}
BENCHMARK_LANGUAGES = ("python", "javascript", "c", "go", "rust")
