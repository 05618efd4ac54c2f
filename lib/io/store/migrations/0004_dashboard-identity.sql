CREATE TABLE "dashboard" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"identity" uuid DEFAULT gen_random_uuid() NOT NULL,
	CONSTRAINT "dashboard_one_row" CHECK ("dashboard"."id" = 1)
);
--> statement-breakpoint
INSERT INTO "dashboard" DEFAULT VALUES;
