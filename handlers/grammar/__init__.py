"""How text becomes a command: typed values, declared commands, plain sentences, dialogs."""
