module example.com/private-links

go 1.22
