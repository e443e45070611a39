"""What answers customers: bots, what they were taught and how it is found again, and what they ask a person."""
