"""WhatsApp sessions as records: states, pairing, who holds them, and what is told of them."""
