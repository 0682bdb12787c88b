"""What people see and hear, whatever paints it; pure."""
