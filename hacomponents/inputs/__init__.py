"""What a program gives (Outputs, PEM, folders, repositories), read into plain data."""
