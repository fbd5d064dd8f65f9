"""What the API answers, as the OpenAPI describes it: one topic a file. Fields are added to, never changed."""
