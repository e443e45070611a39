"""What businesses pay for Juragan: prices, periods, invoices, payments, and the round that reminds and suspends."""
