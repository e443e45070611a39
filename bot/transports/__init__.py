"""The ways to WhatsApp, all behind one protocol."""
