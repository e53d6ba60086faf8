"""Messages of the subsidy service, one module per room, in the order of the business."""
