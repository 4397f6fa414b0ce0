health-all-well = Mọi thứ bình thường.
health-and-others = { $first } (và { $others } việc khác)
