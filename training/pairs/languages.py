"""The languages of edit pairs and of the benchmark, and how their files' names end."""

ENDINGS = {"python": ".py", "javascript": ".js", "typescript": ".ts", "c": ".c", "go": ".go",
           "rust": ".rs", "cpp": ".cc", "java": ".java", "ruby": ".rb", "php": ".php",
           "shell": ".sh", "lua": ".lua", "yaml": ".yaml", "toml": ".toml", "json": ".json",
           "css": ".css", "html": ".html", "sql": ".sql", "english": ".md"}
# Those with changes of meaning; the others have those of lines and words.
FULL_LANGUAGES = ("python", "javascript", "typescript", "c", "go", "rust")
BENCHMARK_LANGUAGES = ("python", "javascript", "c", "go", "rust")
