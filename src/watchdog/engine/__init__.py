"""Who calls the steps: today one process with a due tick; a room for other engines."""
