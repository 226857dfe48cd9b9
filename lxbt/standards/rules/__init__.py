"""Pure: standards as values, parameters, and what of both is in force where and when."""
