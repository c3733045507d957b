"""What stages and trainings leave behind for people and programs, each kind in one form."""
