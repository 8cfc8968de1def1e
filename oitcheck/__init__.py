"""oitcheck: checks what Thai public agencies must publish under OIT, element by element, with proof."""

__version__ = "0.1.0"
