"""Nights nobody watches: what is planned when, one night done and told, the scheduler that starts them, the doctor."""
