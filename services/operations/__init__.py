"""How the installation is doing: figures for its operators."""
