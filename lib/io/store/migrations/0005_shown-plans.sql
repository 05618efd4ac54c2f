CREATE TABLE "shown_plans" (
	"operation_id" uuid PRIMARY KEY NOT NULL,
	"plan" jsonb NOT NULL,
	"made_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "shown_plans_made_at" ON "shown_plans" USING btree ("made_at");