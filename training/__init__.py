"""How Cromwell's models are made: corpus, edit pairs, the four stages, adapters, export to GGUF.

Shares only file formats with the C++ programs, and asks `cromwell prompts` for every prompt, so
that a model is trained on what it will be asked. docs/training.md says what is run in which order.
"""
