"""What changes accounts: `appointing` by an administrator, `signing_in` by the owner."""
