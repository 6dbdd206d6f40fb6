"""What makes the objects come true, at once and in the same call: no background task, no waiting."""
