"""Rules that find identifying things by their form or by the words around them."""
