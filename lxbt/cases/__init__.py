"""Policy situations and stories in files: answered by the rule, played through the real operations."""
