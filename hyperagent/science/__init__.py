"""What a run has shown: intervals, curves, a summary and the report. All of it reads and changes nothing."""
