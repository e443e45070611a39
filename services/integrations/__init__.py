"""Other systems: what they need to work with Juragan."""
