"""WhatsApp through neonize, against a stand-in for its shared object and real protobuf messages."""
