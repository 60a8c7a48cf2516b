"""Edit pairs: changes of real code whose result is known, with the instruction for each."""
