CREATE TABLE "package_drifts" (
	"pair_id" uuid PRIMARY KEY NOT NULL,
	"drifts" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "package_drifts" ADD CONSTRAINT "package_drifts_pair_id_pairs_id_fk" FOREIGN KEY ("pair_id") REFERENCES "public"."pairs"("id") ON DELETE cascade ON UPDATE no action;