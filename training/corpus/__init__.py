"""The corpus: source code of named packages, fetched, filtered, deduplicated, in shards."""
