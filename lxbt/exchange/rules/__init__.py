"""The messages between registers: their envelope, signature, questions, code lists, and when to try again. Pure."""
