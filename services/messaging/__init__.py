"""Messages in and out, the chats they belong to, and the people behind the addresses."""
