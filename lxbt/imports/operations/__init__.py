"""What is done with files: taken in, planned, written, halted, taken back."""
