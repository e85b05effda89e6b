package client

// VenueForExample starts a venue for the example, which cannot see this package's
// insides and has no end to stop it at.
func VenueForExample() string {
	v, err := startSmallVenue()
	if err != nil {
		panic(err)
	}
	return v.addr()
}
