"""Acts that need two human beings: proposed by one with their effect, carried out when another accepts."""
