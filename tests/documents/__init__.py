"""Files as families and attackers send them, read by the real reading process."""
