"""What the staff does with families."""
