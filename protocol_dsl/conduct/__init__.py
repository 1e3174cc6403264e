"""From the records of many patients to the state of the trial, as of a day: DLT status, history, the next move."""
