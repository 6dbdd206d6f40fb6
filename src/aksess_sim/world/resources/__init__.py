"""Resources of ARM as the JSON that GET shows: where they are kept, and for each type what a write does to it."""
