"""The door for operators: the commands of `lxbt`."""
