// Package detect finds objects in pictures with YOLOX models (Ge et al. 2021,
// "YOLOX: Exceeding YOLO Series in 2021") as their authors export them to ONNX:
// pictures are prepared, answers decoded and double boxes suppressed as by the
// authors' own programs.
package detect

import "strings"

// DefaultMinScore is the least score of an object that the authors show.
const DefaultMinScore = 0.3

// overlap is the intersection over union above which the weaker of two boxes of
// one class is taken for the same object.
const overlap = 0.45

// Options say which model is opened and how it runs.
type Options struct {
	// Path is a model's .onnx file, or a folder with one such file. A file
	// classes.txt beside it names the classes of a model that was trained on
	// others than COCO's, a line each.
	Path    string
	Device  string // auto, cpu or cuda
	Threads int    // 0 lets the library choose
	// MinScore is the least score of an object, 0 to 1; 0 means DefaultMinScore.
	MinScore float32
	// MaxPixels refuses larger pictures; 0 means picture.DefaultMaxPixels.
	MaxPixels int64
}

// Object is one thing seen in a picture.
type Object struct {
	Name  string
	Class int // index of the name among the model's classes
	// Score is how sure the model is that there is an object, times how sure it
	// is of the class, 0 to 1.
	Score float64
	Box   Box
}

// Box is a rectangle in parts of the upright picture's width and height, 0 to 1
// from its left upper corner.
type Box struct{ Left, Top, Right, Bottom float64 }

// Classes are the 80 classes of COCO in the order in which models are trained.
func Classes() []string { return strings.Split(coco, ",") }

const coco = "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light," +
	"fire hydrant,stop sign,parking meter,bench,bird,cat,dog,horse,sheep,cow," +
	"elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee," +
	"skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle," +
	"wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange," +
	"broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed," +
	"dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven," +
	"toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush"
