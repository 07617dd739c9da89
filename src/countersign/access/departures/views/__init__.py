"""The pages of departures."""
