"""The owner's side: commands, one file for each area, and how they are run and asked about."""
