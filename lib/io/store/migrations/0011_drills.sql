CREATE TABLE "drills" (
	"operation_id" uuid PRIMARY KEY NOT NULL,
	"pair_id" uuid NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"drill" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "pairs" ADD COLUMN "drill_schedule" jsonb;--> statement-breakpoint
ALTER TABLE "drills" ADD CONSTRAINT "drills_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drills" ADD CONSTRAINT "drills_pair_id_pairs_id_fk" FOREIGN KEY ("pair_id") REFERENCES "public"."pairs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "drills_pair" ON "drills" USING btree ("pair_id","started_at");